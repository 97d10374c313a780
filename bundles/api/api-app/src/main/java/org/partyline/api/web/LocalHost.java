package org.partyline.api.web;

import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** Checks the host of a request: a web page whose own name leads here would otherwise read it with its visitor's browser. */
public final class LocalHost {
    private static final Pattern NAMES = Pattern.compile("(127\\.0\\.0\\.1|localhost|\\[::1])(:[0-9]{1,5})?");

    private LocalHost() {}

    /** Whether it names this machine, whatever the port: that may be forwarded. @param host the header; null: there is none */
    public static boolean isIn(@Nullable String host) {
        return host != null && NAMES.matcher(host).matches();
    }
}
