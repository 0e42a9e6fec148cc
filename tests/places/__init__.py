"""What takes minutes: the chapters in the places where readers run them (`make places`)."""
