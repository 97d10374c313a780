package org.partyline.shell;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.lang.reflect.Proxy;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Supplier;
import org.apache.karaf.shell.api.action.Command;
import org.apache.karaf.shell.api.console.Registry;
import org.apache.karaf.shell.api.console.SessionFactory;
import org.junit.jupiter.api.Test;
import org.partyline.shell.command.Engines;
import org.partyline.shell.cover.CoverCommands;
import org.partyline.shell.spi.CommandGroup;
import org.partyline.shell.spi.ConsoleCommand;
import org.partyline.shell.status.StatusCommands;

class CommandRegistrarTest {
    private static final Set<String> STATUS = Set.of("status", "version");
    private static final Set<String> COVER = Set.of("decoy-start", "decoy-stop", "decoy-status");

    private final Set<String> known = new TreeSet<>();
    private final CommandRegistrar registrar = new CommandRegistrar(factory(), Engines.none());

    @Test
    void aGroupComesAndGoesAndTheOthersStay() {
        CommandGroup cover = new CoverCommands();
        registrar.add(new StatusCommands());
        registrar.add(cover);
        assertEquals(both(), known);
        registrar.remove(cover);
        assertEquals(STATUS, known);
        registrar.add(cover);
        assertEquals(both(), known);
    }

    /** A group from another bundle: its class has another class loader. */
    private static CommandGroup foreign(Supplier<ConsoleCommand> command) {
        return (CommandGroup) Proxy.newProxyInstance(
                new ClassLoader(CommandRegistrar.class.getClassLoader()) {},
                new Class<?>[] {CommandGroup.class},
                (proxy, method, arguments) -> switch (method.getName()) {
                    case "commands" -> List.of(command);
                    case "equals" -> proxy == arguments[0];
                    default -> System.identityHashCode(proxy);
                });
    }

    @Command(scope = "partyline", name = "version", description = "Not ours")
    static class Version extends ConsoleCommand {
        @Override
        protected void run() {}
    }

    @Command(scope = "partyline", name = "weather", description = "Another's")
    static final class Weather extends Version {}

    @Command(scope = "shell", name = "logout", description = "Karaf's")
    static final class Logout extends Version {}

    @Test
    void commandsOfOtherBundlesComeAndGo() {
        CommandGroup weather = foreign(Weather::new);
        registrar.add(weather);
        assertEquals(Set.of("weather"), known);
        registrar.remove(weather);
        assertEquals(Set.of(), known);
    }

    @Test
    void nobodyTakesTheNameOfOneOfOursWhoeverComesFirst() {
        CommandGroup first = foreign(Version::new);
        CommandGroup second = foreign(Version::new);
        registrar.add(first);
        assertEquals(Set.of("version"), known);
        registrar.add(new StatusCommands());
        registrar.add(second);
        assertEquals(STATUS, known);
        // Neither removes ours.
        registrar.remove(first);
        registrar.remove(second);
        assertEquals(STATUS, known);
    }

    @Test
    void anotherScopeIsNotTaken() {
        registrar.add(foreign(Logout::new));
        assertEquals(Set.of(), known);
    }

    private static Set<String> both() {
        Set<String> both = new TreeSet<>(STATUS);
        both.addAll(COVER);
        return both;
    }

    /** Returns Karaf's console, of which only the registry is used. */
    private SessionFactory factory() {
        Registry registry = stub(Registry.class, (method, argument) -> {
            String name = ((org.apache.karaf.shell.api.console.Command) argument).getName();
            assertEquals(true, method.equals("register") ? known.add(name) : known.remove(name), method + " " + name);
            return null;
        });
        return stub(SessionFactory.class, (method, argument) -> registry);
    }

    @FunctionalInterface
    private interface Answer {
        Object to(String method, Object argument);
    }

    private static <T> T stub(Class<T> type, Answer answer) {
        return type.cast(Proxy.newProxyInstance(
                type.getClassLoader(),
                new Class<?>[] {type},
                (proxy, method, arguments) -> answer.to(
                        method.getName(),
                        arguments == null ? null : List.of(arguments).get(0))));
    }
}
