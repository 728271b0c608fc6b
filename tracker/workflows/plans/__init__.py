"""The yearly inspection plan: objects, officers, approval, and the draw that anyone can replay."""
