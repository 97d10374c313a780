package org.partyline.logs;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.osgi.framework.BundleContext;
import org.osgi.service.cm.ConfigurationAdmin;
import org.osgi.service.component.annotations.Activate;
import org.osgi.service.component.annotations.Component;
import org.osgi.service.component.annotations.Reference;
import org.partyline.api.PartylineException;
import org.partyline.api.log.LogSettings;

/**
 * Sets log levels of this program's loggers only: some of Karaf, JLine and the SSH server would log typed text or
 * connections.
 */
@Component
public final class LogService implements LogSettings {
    private final OurLoggers loggers;
    private final LogConfiguration configuration;

    /** For Declarative Services. */
    @Activate
    public LogService(BundleContext context, @Reference ConfigurationAdmin admin) {
        this(
                new OurLoggers(context),
                new LogConfiguration(
                        admin,
                        Optional.ofNullable(context.getProperty("karaf.etc"))
                                .map(etc -> new LogFile(Path.of(etc, LogConfiguration.PID + ".cfg")))));
    }

    LogService(OurLoggers loggers, LogConfiguration configuration) {
        this.loggers = loggers;
        this.configuration = configuration;
    }

    @Override
    public Level standard() throws PartylineException {
        return configuration.standard();
    }

    @Override
    public List<Entry> entries() throws PartylineException {
        Level standard = standard();
        List<Entry> all = new ArrayList<>();
        for (Map.Entry<String, String> each : loggers.all().entrySet()) {
            Optional<Level> own = configuration.own(each.getKey());
            all.add(new Entry(each.getKey(), each.getValue(), own.orElse(standard), own.isPresent()));
        }
        return all;
    }

    @Override
    public void set(String bundle, Level level) throws PartylineException {
        configuration.set(bundle, logger(bundle), level);
    }

    @Override
    public void reset(String bundle) throws PartylineException {
        logger(bundle);
        configuration.reset(bundle);
    }

    private String logger(String bundle) throws PartylineException {
        String logger = loggers.all().get(bundle);
        if (logger == null) {
            throw new PartylineException("there is no bundle '" + bundle
                    + "' whose level can be set: see partyline:log. Loggers of Karaf and libraries cannot be "
                    + "changed, because some would log typed text");
        }
        return logger;
    }

    @Override
    public Format format() throws PartylineException {
        return configuration.format();
    }

    @Override
    public void format(Format format) throws PartylineException {
        configuration.format(format);
    }
}
