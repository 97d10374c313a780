package org.partyline.metrics;

import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.UnknownHostException;
import java.time.Duration;
import java.util.Map;

/**
 * The validated settings of metrics.
 *
 * @param enabled whether metrics are served
 * @param address on this machine's loopback
 * @param period the minimum time between two measurements
 * @param token whether callers need the token
 */
record MetricsSettings(boolean enabled, InetSocketAddress address, Duration period, boolean token) {
    /** @throws IllegalArgumentException names the key, the value and what is valid */
    static MetricsSettings of(Map<String, ?> values) {
        return new MetricsSettings(
                MetricsConfiguration.ENABLED.in(values),
                new InetSocketAddress(
                        address(MetricsConfiguration.ADDRESS.in(values)), MetricsConfiguration.PORT.in(values)),
                MetricsConfiguration.PERIOD.in(values),
                MetricsConfiguration.ACCESS.in(values));
    }

    /** Parses the digits of the address: no name is looked up. */
    private static InetAddress address(String text) {
        try {
            return InetAddress.getByName(text);
        } catch (UnknownHostException e) {
            throw new IllegalArgumentException("this machine has no address " + text, e);
        }
    }
}
