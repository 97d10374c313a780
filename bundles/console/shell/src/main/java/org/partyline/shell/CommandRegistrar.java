package org.partyline.shell;

import java.security.SecureRandom;
import java.time.Clock;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import org.apache.karaf.shell.api.console.Registry;
import org.apache.karaf.shell.api.console.Session;
import org.apache.karaf.shell.api.console.SessionFactory;
import org.osgi.service.component.annotations.Activate;
import org.osgi.service.component.annotations.Component;
import org.osgi.service.component.annotations.Reference;
import org.osgi.service.component.annotations.ReferenceCardinality;
import org.osgi.service.component.annotations.ReferencePolicy;
import org.partyline.shell.command.BoundCommand;
import org.partyline.shell.command.CommandGroup;
import org.partyline.shell.command.Context;
import org.partyline.shell.command.Engine;
import org.partyline.shell.output.Console;

/** Gives each group of commands to Karaf's console for as long as both are there. */
@Component(service = {})
public final class CommandRegistrar {
    private final SecureRandom random = new SecureRandom();
    private final Map<CommandGroup, List<BoundCommand>> groups = new ConcurrentHashMap<>();
    private final Engine engine;
    private final Registry registry;

    /**
     * @param factory Karaf's console
     * @param engine the services that the commands use
     */
    @Activate
    public CommandRegistrar(@Reference SessionFactory factory, @Reference Engine engine) {
        this.engine = engine;
        this.registry = factory.getRegistry();
    }

    /** For Declarative Services. */
    @Reference(cardinality = ReferenceCardinality.MULTIPLE, policy = ReferencePolicy.DYNAMIC)
    void add(CommandGroup group) {
        List<BoundCommand> commands = group.commands().stream()
                .map(command -> BoundCommand.of(command, engine, this::context))
                .toList();
        groups.put(group, commands);
        commands.forEach(registry::register);
    }

    /** For Declarative Services, which also calls it for each group when this is taken away itself. */
    void remove(CommandGroup group) {
        groups.remove(group).forEach(registry::unregister);
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
