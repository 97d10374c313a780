package com.example.extension.greeting;

import static org.osgi.service.component.annotations.ReferenceCardinality.OPTIONAL;
import static org.osgi.service.component.annotations.ReferencePolicy.DYNAMIC;
import static org.osgi.service.component.annotations.ReferencePolicyOption.GREEDY;

import java.util.List;
import java.util.function.Supplier;
import org.osgi.service.component.annotations.Activate;
import org.osgi.service.component.annotations.Component;
import org.osgi.service.component.annotations.Reference;
import org.partyline.api.engine.Personas;
import org.partyline.shell.spi.CommandGroup;
import org.partyline.shell.spi.ConsoleCommand;

/** Adds {@code example-greet} to the console. */
@Component
public final class GreetingCommands implements CommandGroup {
    /** May be unavailable: the command stays, and reports that. */
    @Reference(cardinality = OPTIONAL, policy = DYNAMIC, policyOption = GREEDY)
    private volatile Personas personas;

    /** For Declarative Services. */
    @Activate
    public GreetingCommands() {}

    @Override
    public List<Supplier<? extends ConsoleCommand>> commands() {
        return List.of(() -> new GreetCommand(() -> personas));
    }
}
