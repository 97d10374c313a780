package org.partyline.shell.spi;

/** The destination of a command's output: a terminal, or plain text for a pipe or program. */
public interface CommandOutput {
    /** Prints a line as it is. What comes from outside must have no control characters: see {@link #clean}. */
    void line(String text);

    /** Prints a line with words, wrapped to the terminal. */
    void paragraph(String text);

    /** Prints one JSON document on a line: a record, whose names become snake_case, with every field every time. */
    void json(Object document);

    /** That text on one line, without what could steer a terminal. */
    String clean(String text);
}
