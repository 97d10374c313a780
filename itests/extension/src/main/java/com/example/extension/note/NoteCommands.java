package com.example.extension.note;

import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.Supplier;
import org.osgi.service.component.annotations.Component;
import org.osgi.service.component.annotations.Reference;
import org.osgi.service.component.annotations.ReferenceCardinality;
import org.osgi.service.component.annotations.ReferencePolicy;
import org.partyline.api.transport.Transport;
import org.partyline.shell.spi.CommandGroup;
import org.partyline.shell.spi.ConsoleCommand;

/** Adds {@code example-note} to the console. */
@Component
public final class NoteCommands implements CommandGroup {
    private final List<Transport> nodes = new CopyOnWriteArrayList<>();

    @Reference(cardinality = ReferenceCardinality.MULTIPLE, policy = ReferencePolicy.DYNAMIC)
    void addNode(Transport node) {
        nodes.add(node);
    }

    void removeNode(Transport node) {
        nodes.remove(node);
    }

    @Override
    public List<Supplier<? extends ConsoleCommand>> commands() {
        return List.of(() -> new NoteCommand(nodes));
    }
}
