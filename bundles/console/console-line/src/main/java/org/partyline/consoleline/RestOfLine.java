package org.partyline.consoleline;

/** A command whose last argument is the unchanged rest of its line. Its options come before. */
public interface RestOfLine {
    /** Returns whether there is an option with that name, such as {@code --to}. */
    boolean hasOption(String name);

    /** Returns whether that option has a value, which is the next word or the text after {@code =}. */
    boolean takesValue(String name);
}
