package org.partyline.chat.live;

import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Proxy;
import java.nio.charset.StandardCharsets;
import org.jline.terminal.Terminal;
import org.jline.utils.InfoCmp.Capability;

/**
 * Keeps JLine from writing lines of boxes as letters of an old character set, where the terminal takes UTF-8: some that do know that set
 * no more, and show the letters. It also would change what others wrote.
 */
final class Glyphs {
    private Glyphs() {}

    /** The same terminal, for a display. */
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
