//! What is equal to what in clinical text, each equality a line; and the laws that hold for any text.
mod equal;
mod laws;
mod tables;
