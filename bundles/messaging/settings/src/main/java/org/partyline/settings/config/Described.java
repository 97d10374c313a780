package org.partyline.settings.config;

import java.util.List;

/**
 * What a bundle says about a configuration.
 *
 * @param pid of the configuration, or of what it has many instances of
 * @param factory whether there are many, each with a name behind the hyphen in its file's name
 * @param title what it is about
 */
public record Described(String pid, boolean factory, String title, List<Attribute> attributes) {
    /** Copies the list. */
    public Described {
        attributes = List.copyOf(attributes);
    }
}
