"""A small workflow with every kind of question, declared as the product's own are."""
