package org.partyline.api.log;

import java.util.List;
import org.osgi.annotation.versioning.ProviderType;
import org.partyline.api.PartylineException;

/** Sets the log levels of this program's bundles, and the log's format. A service. Works while locked. */
@ProviderType
public interface LogSettings {
    /** A log level. */
    enum Level {
        /** What failed. */
        ERROR,
        /** And what is worth a look. */
        WARN,
        /** And what happened. */
        INFO,
        /** And why. */
        DEBUG,
        /** And each step. */
        TRACE
    }

    /** The format of log lines. */
    enum Format {
        /** For people, in {@code partyline.log}. */
        TEXT,
        /** A JSON document on each line, in {@code partyline.jsonl}. */
        JSON
    }

    /** The level that bundles have which have none of their own. */
    Level standard() throws PartylineException;

    /** The bundles, by name. */
    List<Entry> entries() throws PartylineException;

    /**
     * Sets a bundle's own level, at once and permanently.
     *
     * @param bundle name without {@code org.partyline.}
     * @throws PartylineException when there is no such bundle of this program: others' loggers stay as they are set
     */
    void set(String bundle, Level level) throws PartylineException;

    /** The bundle has the standard level again. @throws PartylineException as {@link #set} */
    void reset(String bundle) throws PartylineException;

    /** What lines look like now. */
    Format format() throws PartylineException;

    /** They look like this, at once and for good. */
    void format(Format format) throws PartylineException;

    /**
     * A bundle that writes to the log.
     *
     * @param bundle its name, without {@code org.partyline.}
     * @param logger what its loggers' names begin with
     * @param level in force
     * @param own whether that is a level of its own
     */
    record Entry(String bundle, String logger, Level level, boolean own) {}
}
