"""How many statisticians a place must have, who is short, and how a change is filed."""
