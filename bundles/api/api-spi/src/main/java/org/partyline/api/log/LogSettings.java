package org.partyline.api.log;

import java.util.List;
import org.osgi.annotation.versioning.ProviderType;
import org.partyline.api.PartylineException;

/** Sets the log levels of this program's bundles, and the log's format. A service. Works while locked. */
@ProviderType
public interface LogSettings {
    /** A log level. */
    enum Level {
        /** Failures. */
        ERROR,
        /** Also conditions that deserve attention. */
        WARN,
        /** Also events. */
        INFO,
        /** Also reasons. */
        DEBUG,
        /** Also each step. */
        TRACE
    }

    /** The format of log lines. */
    enum Format {
        /** For people, in {@code partyline.log}. */
        TEXT,
        /** A JSON document on each line, in {@code partyline.jsonl}. */
        JSON
    }

    /** The level of bundles without a level of their own. */
    Level standard() throws PartylineException;

    /** The bundles, by name. */
    List<Entry> entries() throws PartylineException;

    /**
     * Sets a bundle's own level, at once and permanently.
     *
     * @param bundle name without {@code org.partyline.}
     * @throws PartylineException if this program has no such bundle: loggers of other bundles keep their configuration
     */
    void set(String bundle, Level level) throws PartylineException;

    /** Resets a bundle to the standard level. @throws PartylineException as {@link #set} */
    void reset(String bundle) throws PartylineException;

    /** The present format of log lines. */
    Format format() throws PartylineException;

    /** Sets the format, at once and permanently. */
    void format(Format format) throws PartylineException;

    /**
     * A bundle that writes to the log.
     *
     * @param bundle its name, without {@code org.partyline.}
     * @param logger the prefix of its loggers' names
     * @param level the level in force
     * @param own whether the bundle has this level of its own
     */
    record Entry(String bundle, String logger, Level level, boolean own) {}
}
