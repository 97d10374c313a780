package org.partyline.metrics;

import org.osgi.service.metatype.annotations.AttributeDefinition;
import org.osgi.service.metatype.annotations.AttributeType;
import org.osgi.service.metatype.annotations.ObjectClassDefinition;
import org.osgi.service.metatype.annotations.Option;
import org.partyline.api.config.Setting;

/** What an operator can set in {@code etc/org.partyline.metrics.cfg}. {@link MetricsSettings} checks it. */
@ObjectClassDefinition(
        id = MetricsConfiguration.PID,
        name = "Mempool Partyline: metrics",
        description = "Metrics endpoint for Prometheus.")
@interface MetricsConfiguration {
    /** The name of the configuration. */
    String PID = "org.partyline.metrics";

    @AttributeDefinition(description = "Serve /metrics and /health.", type = AttributeType.BOOLEAN, required = false)
    @Setting
    String enabled() default "false";

    @AttributeDefinition(
            description = "Local address to listen on.",
            options = {@Option(value = "127.0.0.1"), @Option(value = "::1")},
            required = false)
    @Setting(unit = "address")
    String address() default "127.0.0.1";

    @AttributeDefinition(
            description = "Port to listen on.",
            type = AttributeType.INTEGER,
            min = "1024",
            max = "65535",
            required = false)
    @Setting(unit = "port")
    String port() default "9470";

    @AttributeDefinition(
            description = "Values stay the same for this time, and at most twice as long.",
            min = "1m",
            max = "1h",
            required = false)
    @Setting(unit = Setting.DURATION)
    String period() default "5m";

    @AttributeDefinition(
            description = "token: only clients that send the content of metrics.token in the home, mode 0600. "
                    + "everybody: every program and user of this machine.",
            options = {@Option(value = "token"), @Option(value = "everybody")},
            required = false)
    @Setting
    String access() default "token";
}
