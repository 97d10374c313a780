package org.partyline.shell;

import java.security.SecureRandom;
import java.time.Clock;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;
import org.apache.karaf.shell.api.console.Registry;
import org.apache.karaf.shell.api.console.Session;
import org.apache.karaf.shell.api.console.SessionFactory;
import org.osgi.service.component.annotations.Activate;
import org.osgi.service.component.annotations.Component;
import org.osgi.service.component.annotations.Reference;
import org.osgi.service.component.annotations.ReferenceCardinality;
import org.osgi.service.component.annotations.ReferencePolicy;
import org.partyline.shell.command.BoundCommand;
import org.partyline.shell.command.BoundCommands;
import org.partyline.shell.command.Context;
import org.partyline.shell.command.Engine;
import org.partyline.shell.output.Console;
import org.partyline.shell.spi.CommandGroup;
import org.partyline.shell.spi.ConsoleCommand;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Registers each group of commands with Karaf's console while both are available. */
@Component(service = {})
public final class CommandRegistrar {
    private static final Logger LOG = LoggerFactory.getLogger(CommandRegistrar.class);

    private final SecureRandom random = new SecureRandom();
    private final Map<CommandGroup, List<BoundCommand>> groups = new HashMap<>();
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
    synchronized void add(CommandGroup group) {
        List<BoundCommand> commands = new ArrayList<>();
        for (Supplier<? extends ConsoleCommand> factory : group.commands()) {
            BoundCommand command = BoundCommands.of(factory, engine, this::context);
            if (isFree(command, group)) {
                commands.add(command);
                registry.register(command);
            }
        }
        groups.put(group, commands);
    }

    /**
     * Returns whether the command may have its name. Our names belong to our commands, such as {@code send}: one of
     * another bundle that was registered earlier is removed, and a later one is rejected.
     */
    private boolean isFree(BoundCommand command, CommandGroup group) {
        if (!command.getScope().equals(ConsoleCommand.SCOPE)) {
            LOG.warn(
                    "Command {}:{} of {} was not registered: its scope must be {}",
                    command.getScope(),
                    command.getName(),
                    group.getClass().getName(),
                    ConsoleCommand.SCOPE);
            return false;
        }
        for (Map.Entry<CommandGroup, List<BoundCommand>> other : groups.entrySet()) {
            Optional<BoundCommand> same = other.getValue().stream()
                    .filter(known -> known.getName().equals(command.getName()))
                    .findFirst();
            if (same.isPresent()) {
                boolean makesRoom = isOurs(group) && !isOurs(other.getKey());
                LOG.warn(
                        "Command {} of {} was not registered: that name is already in use",
                        command.getName(),
                        (makesRoom ? other.getKey() : group).getClass().getName());
                if (makesRoom) {
                    registry.unregister(same.get());
                    other.getValue().remove(same.get());
                }
                return makesRoom;
            }
        }
        return true;
    }

    private static boolean isOurs(CommandGroup group) {
        return group.getClass().getClassLoader() == CommandRegistrar.class.getClassLoader();
    }

    /** For Declarative Services, which also calls it for each group when this component is deactivated. */
    synchronized void remove(CommandGroup group) {
        List<BoundCommand> its = groups.remove(group);
        if (its != null) {
            its.forEach(registry::unregister);
        }
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
