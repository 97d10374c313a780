package org.partyline.consoleline;

/** A command whose last argument is the unchanged rest of its line. Its options come before. */
public interface RestOfLine {
    /** Whether there is an option of that name, such as {@code --to}. */
    boolean hasOption(String name);

    /** Whether that option takes a value, which is the next word or what follows {@code =}. */
    boolean takesValue(String name);
}
