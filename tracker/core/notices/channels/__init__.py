"""The ways out of the house: mail, robots of three chat products, a gateway for short messages."""
