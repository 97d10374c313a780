package org.partyline.metrics;

import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.UnknownHostException;
import java.time.Duration;
import java.util.Map;

/**
 * The validated settings of metrics.
 *
 * @param enabled whether anything is told at all
 * @param address on this machine's loopback
 * @param period least time between two looks
 * @param token whether who asks has to know the token
 */
record MetricsSettings(boolean enabled, InetSocketAddress address, Duration period, boolean token) {
    /** @throws IllegalArgumentException names the key, the value and what would be right */
    static MetricsSettings of(Map<String, ?> values) {
        return new MetricsSettings(
                MetricsConfiguration.ENABLED.in(values),
                new InetSocketAddress(
                        address(MetricsConfiguration.ADDRESS.in(values)), MetricsConfiguration.PORT.in(values)),
                MetricsConfiguration.PERIOD.in(values),
                MetricsConfiguration.ACCESS.in(values));
    }

    /** Of the address's own digits: no name is looked up. */
    private static InetAddress address(String text) {
        try {
            return InetAddress.getByName(text);
        } catch (UnknownHostException e) {
            throw new IllegalArgumentException("this machine has no address " + text, e);
        }
    }
}
