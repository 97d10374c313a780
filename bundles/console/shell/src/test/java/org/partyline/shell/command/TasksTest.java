package org.partyline.shell.command;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.partyline.consoleline.Tasks;
import org.partyline.shell.testing.AllCommands;

/** Tests the help by task. */
class TasksTest {
    @Test
    void everyCommandIsForSomethingOnce() {
        List<String> told = Tasks.ALL.stream()
                .flatMap(task -> task.examples().keySet().stream())
                .toList();
        Set<String> once = new TreeSet<>(told);
        Set<String> commands = AllCommands.FACTORIES.stream()
                .map(factory ->
                        CommandLayout.of(factory.get().getClass()).command().name())
                .collect(Collectors.toCollection(TreeSet::new));
        assertTrue(once.containsAll(commands), () -> {
            commands.removeAll(once);
            return "for nothing: " + commands;
        });
        // Rotation is a task of its own, and also part of the worst day.
        assertEquals(told.size(), once.size() + 1);
    }
}
