package org.partyline.consolesocket.client;

import java.io.IOException;
import java.lang.reflect.Proxy;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import java.util.Optional;

/** The terminal of this process, which the start script has put into raw mode. */
final class OwnTerminal {
    private OwnTerminal() {}

    /** Returns its type, from the environment. */
    static String type() {
        return Optional.ofNullable(System.getenv("TERM"))
                .filter(type -> !type.isBlank())
                .orElse("dumb");
    }

    /** Returns its present size. */
    static TerminalSize size() {
        try {
            Process stty = new ProcessBuilder("stty", "size")
                    .redirectInput(ProcessBuilder.Redirect.INHERIT)
                    .redirectError(ProcessBuilder.Redirect.DISCARD)
                    .start();
            return TerminalSize.of(new String(stty.getInputStream().readAllBytes(), StandardCharsets.US_ASCII));
        } catch (IOException e) {
            return TerminalSize.USUAL;
        }
    }

    /**
     * Runs a task whenever the size changes. The JDK's class for signals is not part of the Java standard: if it is
     * missing, the size stays as it was at first.
     */
    static void whenResized(Runnable task) {
        try {
            Class<?> signal = Class.forName("sun.misc.Signal");
            Class<?> handler = Class.forName("sun.misc.SignalHandler");
            Object ours = Proxy.newProxyInstance(
                    OwnTerminal.class.getClassLoader(), new Class<?>[] {handler}, (proxy, method, arguments) -> {
                        if (method.getName().equals("handle")) {
                            task.run();
                            return null;
                        }
                        return Map.of("hashCode", 0, "equals", false, "toString", "resize")
                                .get(method.getName());
                    });
            signal.getMethod("handle", signal, handler)
                    .invoke(null, signal.getConstructor(String.class).newInstance("WINCH"), ours);
        } catch (ReflectiveOperationException | IllegalArgumentException e) {
            return;
        }
    }
}
