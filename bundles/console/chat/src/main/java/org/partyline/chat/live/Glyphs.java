package org.partyline.chat.live;

import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Proxy;
import java.nio.charset.StandardCharsets;
import org.jline.terminal.Terminal;
import org.jline.utils.InfoCmp.Capability;

/**
 * Keeps JLine from drawing lines with an old character set on UTF-8 terminals: some of them would show letters instead.
 * It would also change incoming text.
 */
final class Glyphs {
    private Glyphs() {}

    /** Returns the same terminal without that, for a display. */
    static Terminal asTheyAre(Terminal terminal) {
        if (!StandardCharsets.UTF_8.equals(terminal.encoding())) {
            return terminal;
        }
        return (Terminal) Proxy.newProxyInstance(
                Glyphs.class.getClassLoader(), new Class<?>[] {Terminal.class}, (self, method, arguments) -> {
                    if (method.getName().equals("getStringCapability")
                            && (arguments[0] == Capability.enter_alt_charset_mode
                                    || arguments[0] == Capability.exit_alt_charset_mode)) {
                        return null;
                    }
                    try {
                        return method.invoke(terminal, arguments);
                    } catch (InvocationTargetException e) {
                        throw e.getCause();
                    }
                });
    }
}
