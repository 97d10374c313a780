package org.partyline.webserver;

import org.osgi.service.metatype.annotations.AttributeDefinition;
import org.osgi.service.metatype.annotations.AttributeType;
import org.osgi.service.metatype.annotations.ObjectClassDefinition;
import org.osgi.service.metatype.annotations.Option;
import org.partyline.api.config.Setting;

/** What an operator can set in {@code etc/org.partyline.web.cfg}. {@link WebSettings} checks it. */
@ObjectClassDefinition(
        id = WebConfiguration.PID,
        name = "Mempool Partyline: web",
        description = "The web server, which runs after partyline:web-start.")
@interface WebConfiguration {
    /** The name of the configuration. */
    String PID = "org.partyline.web";

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
    String port() default "9480";
}
