package org.partyline.shell;

import java.security.SecureRandom;
import java.time.Clock;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.apache.karaf.shell.api.console.Registry;
import org.apache.karaf.shell.api.console.Session;
import org.apache.karaf.shell.api.console.SessionFactory;
import org.osgi.service.component.annotations.Activate;
import org.osgi.service.component.annotations.Component;
import org.osgi.service.component.annotations.Deactivate;
import org.osgi.service.component.annotations.Reference;

/** Gives the commands to Karaf's console for as long as both are there. */
@Component(service = {})
public final class CommandRegistrar {
    private final SecureRandom random = new SecureRandom();
    private final Engine engine;
    private final Registry registry;
    private final List<BoundCommand> commands;

    /**
     * @param factory Karaf's console
     * @param engine the services that the commands use
     */
    @Activate
    public CommandRegistrar(@Reference SessionFactory factory, @Reference Engine engine) {
        this.engine = engine;
        this.registry = factory.getRegistry();
        this.commands = AllCommands.FACTORIES.stream()
                .map(command -> BoundCommand.of(command, engine, this::context))
                .toList();
        commands.forEach(registry::register);
    }

    /** Takes them away. */
    @Deactivate
    void stop() {
        commands.forEach(registry::unregister);
    }

    private Context context(Session session) {
        // Karaf gives each command its own standard output: the console, or the pipe behind it.
        Console console = Console.of(session, System.out);
        return new Context(
                engine,
                session,
                console,
                Clock.systemUTC(),
                time -> TimeUnit.NANOSECONDS.sleep(time.toNanos()),
                random);
    }
}
