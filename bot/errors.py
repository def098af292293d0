"""What keeps the program from starting."""


class StartError(Exception):
    """The program cannot start as it is set up. The message is one line for whoever starts it, without secrets."""
