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
        description = "Whether, where and to whom the server tells how it is.")
@interface MetricsConfiguration {
    /** The name of the configuration. */
    String PID = "org.partyline.metrics";

    @AttributeDefinition(
            description = "Whether /metrics and /health are answered.",
            type = AttributeType.BOOLEAN,
            required = false)
    @Setting
    String enabled() default "false";

    @AttributeDefinition(
            description = "Address of this machine that is listened at: 127.0.0.1 or ::1, and no other.",
            options = {@Option(value = "127.0.0.1"), @Option(value = "::1")},
            required = false)
    @Setting(unit = "address")
    String address() default "127.0.0.1";

    @AttributeDefinition(
            description = "Port that is listened at, 1024 to 65535.",
            type = AttributeType.INTEGER,
            min = "1024",
            max = "65535",
            required = false)
    @Setting(unit = "port")
    String port() default "9470";

    @AttributeDefinition(
            description =
                    "Shortest time between two looks, 1m to 1h: what is told stays the same for so long, and at most twice as long.",
            min = "1m",
            max = "1h",
            required = false)
    @Setting(unit = Setting.DURATION)
    String period() default "5m";

    @AttributeDefinition(
            description = "Who is answered. token: who knows what is in metrics.token in the home, mode 0600."
                    + " everybody: every program and user of this machine.",
            options = {@Option(value = "token"), @Option(value = "everybody")},
            required = false)
    @Setting
    String access() default "token";
}
