package org.partyline.networkpolicy;

import java.util.List;
import org.partyline.api.config.Setting;
import org.partyline.api.transport.ProxyChoice;

/** The settings in {@code etc/org.partyline.network.cfg}. */
final class NetworkConfiguration {
    static final Setting<ProxyChoice> PROXY = Setting.text("proxy", "", "HOST:PORT, or nothing", ProxyChoice::parse)
            .unit("address")
            .says("HOST:PORT of a SOCKS5 proxy for all connections to other machines, such as 127.0.0.1:9050 for Tor; "
                    + "HOST is localhost or an address. Empty: none.");

    static final Setting<Boolean> PROXY_REQUIRED = Setting.flag("proxy-required", false)
            .says("true: all connections to other machines use a proxy, whatever a node's settings say; without a "
                    + "proxy, no connection is made.");

    /** The settings in the order in which they are shown. */
    static final List<Setting<?>> ALL = List.of(PROXY, PROXY_REQUIRED);

    private NetworkConfiguration() {}
}
