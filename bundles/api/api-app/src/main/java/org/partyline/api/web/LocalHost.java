package org.partyline.api.web;

import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * Checks the host of a request. Otherwise a web page whose domain resolves to this machine could read answers with its
 * visitor's browser (DNS rebinding).
 */
public final class LocalHost {
    private static final Pattern NAMES = Pattern.compile("(127\\.0\\.0\\.1|localhost|\\[::1])(:[0-9]{1,5})?");

    private LocalHost() {}

    /**
     * Whether it names this machine. The port does not matter, since it may be forwarded. @param host the header; null:
     * none
     */
    public static boolean isIn(@Nullable String host) {
        return host != null && NAMES.matcher(host).matches();
    }
}
