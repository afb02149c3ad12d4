"""What can be done with the rows of any screen: moving, finding, filtering, going to, copying and saving."""
