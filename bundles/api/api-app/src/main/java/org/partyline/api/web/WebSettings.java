package org.partyline.api.web;

import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.UnknownHostException;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.partyline.api.config.Setting;

/** The settings of the web server, which can be changed before it first runs. */
public final class WebSettings {
    /** The name of the configuration. */
    public static final String PID = "org.partyline.web";

    private static final Pattern HOST = Pattern.compile("[a-z0-9]([a-z0-9.-]{0,251}[a-z0-9])?");

    private static final Setting<String> ADDRESS = Setting.choice("address", "127.0.0.1", "127.0.0.1", "::1")
            .unit("address")
            .says("Local address to listen on.");

    private static final Setting<Integer> PORT =
            Setting.integer("port", 9480, 1024, 65535).unit("port").says("Port to listen on.");

    private static final Setting<Set<String>> HOSTS = Setting.text(
                    "hosts", "", "host names, separated by commas, or nothing", WebSettings::names)
            .unit("names")
            .says("Further host names, for a reverse proxy or an onion service that leads here.");

    private WebSettings() {}

    /** All of them. */
    public static List<Setting<?>> all() {
        return List.of(ADDRESS, PORT, HOSTS);
    }

    /** The address to listen on. @throws IllegalArgumentException names the key, the value and what is valid */
    public static InetSocketAddress address(Map<String, ?> values) {
        try {
            // Parses the digits of the address: no name is looked up.
            return new InetSocketAddress(InetAddress.getByName(ADDRESS.in(values)), PORT.in(values));
        } catch (UnknownHostException e) {
            throw new IllegalArgumentException("this machine has no such address", e);
        }
    }

    /**
     * The accepted host names besides those of this machine, in lower case. @throws IllegalArgumentException as for
     * {@link #address}
     */
    public static Set<String> hosts(Map<String, ?> values) {
        return HOSTS.in(values);
    }

    private static Set<String> names(String text) {
        Set<String> names = Arrays.stream(text.split(","))
                .map(name -> name.strip().toLowerCase(Locale.ROOT))
                .filter(name -> !name.isEmpty())
                .collect(Collectors.toUnmodifiableSet());
        if (!names.stream().allMatch(name -> HOST.matcher(name).matches())) {
            throw new IllegalArgumentException("a host name has letters, digits, dots and hyphens");
        }
        return names;
    }
}
