package org.partyline.shell.notice;

import java.util.Locale;
import java.util.Map;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** What an operator wants to see of a message that comes. */
enum Wish {
    /** Nothing. */
    OFF,
    /** Who, and where. */
    NAMES,
    /** What, too. */
    WORDS;

    private static final Logger LOG = LoggerFactory.getLogger(Wish.class);
    private static final String KEY = "notices";

    /** @param last what holds where the configuration says something else */
    static Wish of(Map<String, Object> configuration, Wish last) {
        Object value = configuration.get(KEY);
        if (value == null) {
            return NAMES;
        }
        for (Wish wish : values()) {
            if (wish.name().toLowerCase(Locale.ROOT).equals(value.toString().strip())) {
                return wish;
            }
        }
        LOG.error("{} in {} must be off, names or words: {} stays in force", KEY, ConsoleConfiguration.PID, last);
        return last;
    }
}
