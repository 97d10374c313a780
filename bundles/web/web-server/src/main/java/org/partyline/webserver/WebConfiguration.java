package org.partyline.webserver;

import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.UnknownHostException;
import java.util.List;
import java.util.Map;
import org.osgi.service.component.annotations.Component;
import org.partyline.api.config.Setting;
import org.partyline.api.config.SettingsDeclaration;

/** The settings in {@code etc/org.partyline.web.cfg}. */
@Component
public final class WebConfiguration implements SettingsDeclaration {
    /** The name of the configuration. */
    static final String PID = "org.partyline.web";

    private static final Setting<String> ADDRESS = Setting.choice("address", "127.0.0.1", "127.0.0.1", "::1")
            .unit("address")
            .says("Local address to listen on.");

    private static final Setting<Integer> PORT =
            Setting.integer("port", 9480, 1024, 65535).unit("port").says("Port to listen on.");

    @Override
    public String pid() {
        return PID;
    }

    @Override
    public String title() {
        return "The web server, which runs after partyline:web-start.";
    }

    @Override
    public List<Setting<?>> settings() {
        return List.of(ADDRESS, PORT);
    }

    /** Where to listen. @throws IllegalArgumentException names the key, the value and what would be right */
    static InetSocketAddress address(Map<String, ?> values) {
        try {
            // Of the address's own digits: no name is looked up.
            return new InetSocketAddress(InetAddress.getByName(ADDRESS.in(values)), PORT.in(values));
        } catch (UnknownHostException e) {
            throw new IllegalArgumentException("this machine has no such address", e);
        }
    }
}
