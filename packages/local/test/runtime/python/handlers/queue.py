name = "own queue"
