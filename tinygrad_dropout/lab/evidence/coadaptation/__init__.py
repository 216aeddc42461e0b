"""What dropout changes inside a network: do its units rely less on one another, and is each more useful on its own?"""
