"""Handing suspected crimes over to public security, with the hours and days it takes."""
