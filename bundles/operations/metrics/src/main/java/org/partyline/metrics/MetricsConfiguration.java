package org.partyline.metrics;

import java.time.Duration;
import java.util.List;
import org.osgi.service.component.annotations.Component;
import org.partyline.api.config.Setting;
import org.partyline.api.config.SettingsDeclaration;

/** The settings in {@code etc/org.partyline.metrics.cfg}. */
@Component
public final class MetricsConfiguration implements SettingsDeclaration {
    /** The name of the configuration. */
    static final String PID = "org.partyline.metrics";

    static final Setting<Boolean> ENABLED = Setting.flag("enabled", false).says("Serve /metrics and /health.");

    static final Setting<String> ADDRESS = Setting.choice("address", "127.0.0.1", "127.0.0.1", "::1")
            .unit("address")
            .says("Local address to listen on.");

    static final Setting<Integer> PORT =
            Setting.integer("port", 9470, 1024, 65535).unit("port").says("Port to listen on.");

    static final Setting<Duration> PERIOD = Setting.duration("period", "5m", "1m", "1h")
            .says("Values stay the same for this time, and at most twice as long.");

    static final Setting<Boolean> ACCESS = Setting.choice("access", "token", "token", "everybody")
            .as("token"::equals)
            .says("token: only clients that send the content of metrics.token in the home, mode 0600. everybody: every "
                    + "program and user of this machine.");

    @Override
    public String pid() {
        return PID;
    }

    @Override
    public String title() {
        return "Metrics endpoint for Prometheus.";
    }

    @Override
    public List<Setting<?>> settings() {
        return List.of(ENABLED, ADDRESS, PORT, PERIOD, ACCESS);
    }
}
