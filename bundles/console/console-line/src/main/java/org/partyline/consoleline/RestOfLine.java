package org.partyline.consoleline;

/** A command whose last word is the rest of its line, as it stands. Its options come before. */
public interface RestOfLine {
    /** Whether there is an option of that name, such as {@code --to}. */
    boolean hasOption(String name);

    /** Whether that option takes a value, which is the next word or what follows {@code =}. */
    boolean takesValue(String name);
}
