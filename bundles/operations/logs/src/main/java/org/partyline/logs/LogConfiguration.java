package org.partyline.logs;

import java.io.IOException;
import java.util.Dictionary;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.osgi.service.cm.Configuration;
import org.osgi.service.cm.ConfigurationAdmin;
import org.partyline.api.PartylineException;
import org.partyline.api.log.LogSettings.Format;
import org.partyline.api.log.LogSettings.Level;

/** Reads and changes the levels and the format in {@code etc/org.ops4j.pax.logging.cfg}. */
final class LogConfiguration {
    static final String PID = "org.ops4j.pax.logging";
    static final String STANDARD = "log4j2.logger.partyline.level";
    static final String FILE = "log4j2.rootLogger.appenderRef.file.ref";
    private static final String OURS = "log4j2.logger.partyline-";
    private static final String TEXT = "File";
    private static final String JSON = "Json";

    private final ConfigurationAdmin admin;
    private final Optional<LogFile> file;

    /** @param file empty if settings are not in a file */
    LogConfiguration(ConfigurationAdmin admin, Optional<LogFile> file) {
        this.admin = admin;
        this.file = file;
    }

    Level standard() throws PartylineException {
        return level(read(), STANDARD).orElse(Level.INFO);
    }

    Optional<Level> own(String bundle) throws PartylineException {
        return level(read(), OURS + bundle + ".level");
    }

    void set(String bundle, String logger, Level level) throws PartylineException {
        change(Map.of(OURS + bundle + ".name", logger, OURS + bundle + ".level", level.name()), Set.of());
    }

    void reset(String bundle) throws PartylineException {
        change(Map.of(), Set.of(OURS + bundle + ".name", OURS + bundle + ".level"));
    }

    Format format() throws PartylineException {
        return JSON.equals(read().get(FILE)) ? Format.JSON : Format.TEXT;
    }

    void format(Format format) throws PartylineException {
        Object name = read().get("log4j2.appender.json.name");
        if (format == Format.JSON && !JSON.equals(name)) {
            throw new PartylineException("etc/" + PID + ".cfg has no appender " + JSON
                    + ": copy it from the .new file beside it, or from the distribution");
        }
        change(Map.of(FILE, format == Format.JSON ? JSON : TEXT), Set.of());
    }

    /**
     * First in the file, so that a command's change survives a kill a moment later. Then in memory, without waiting for
     * the file to be read. One change at a time, so that none is lost.
     */
    private synchronized void change(Map<String, String> set, Set<String> gone) throws PartylineException {
        Dictionary<String, Object> values = read();
        set.forEach(values::put);
        gone.forEach(values::remove);
        try {
            if (file.isPresent()) {
                file.get().change(set, gone);
            }
            configuration().update(values);
        } catch (IOException e) {
            throw new PartylineException("the settings of the log cannot be written: check whether the disk is full");
        }
    }

    private Dictionary<String, Object> read() throws PartylineException {
        Dictionary<String, Object> values = configuration().getProperties();
        if (values == null) {
            throw new PartylineException("etc/" + PID + ".cfg does not exist: copy it from the distribution");
        }
        return values;
    }

    private Configuration configuration() throws PartylineException {
        try {
            return admin.getConfiguration(PID, null);
        } catch (IOException e) {
            throw new PartylineException("the settings of the log cannot be read");
        }
    }

    private static Optional<Level> level(Dictionary<String, Object> values, String key) {
        Object value = values.get(key);
        try {
            return Optional.ofNullable(value)
                    .map(text -> Level.valueOf(text.toString().strip().toUpperCase(Locale.ROOT)));
        } catch (IllegalArgumentException e) {
            // OFF, ALL, or a word that the log service does not know either.
            return Optional.empty();
        }
    }
}
