package org.partyline.networkpolicy;

import org.osgi.service.metatype.annotations.AttributeDefinition;
import org.osgi.service.metatype.annotations.ObjectClassDefinition;
import org.partyline.api.config.Setting;

/** What the file {@code etc/org.partyline.network.cfg} may hold; {@link NetworkSettings} reads and checks it. */
@ObjectClassDefinition(
        name = "Mempool Partyline: network",
        description = "How connections to other machines are made. Without this configuration, none is made.")
@interface NetworkConfiguration {
    /** The proxy. */
    @AttributeDefinition(
            name = "Proxy",
            description = "HOST:PORT of a SOCKS5 proxy for all connections to other machines, such as 127.0.0.1:9050 "
                    + "for Tor; HOST is localhost or an address. Empty: none.",
            required = false)
    @Setting(unit = "address", range = "HOST:PORT, or nothing")
    String proxy() default "";

    /** Whether to do without. */
    @AttributeDefinition(
            name = "Proxy required",
            description =
                    "true: all connections to other machines use a proxy, whatever a node's settings say; without "
                            + "a proxy, none is made.")
    @Setting
    boolean proxy$_$required() default false;
}
