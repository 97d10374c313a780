package org.partyline.shell.command;

import java.lang.reflect.Field;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import org.apache.karaf.shell.api.action.Argument;
import org.apache.karaf.shell.api.action.Command;
import org.apache.karaf.shell.api.action.Completion;
import org.apache.karaf.shell.api.action.Option;
import org.partyline.consoleline.Role;
import org.partyline.shell.spi.ConsoleCommand;
import org.partyline.shell.spi.Needs;

/**
 * The options and arguments of a command, from Karaf's annotations.
 *
 * @param command its name and description
 * @param role the role required to run it
 * @param options by name
 * @param arguments in their order
 */
record CommandLayout(Command command, Role role, List<OptionField> options, List<ArgumentField> arguments) {
    static CommandLayout of(Class<? extends ConsoleCommand> type) {
        List<OptionField> options = new ArrayList<>();
        List<ArgumentField> arguments = new ArrayList<>();
        for (Class<?> at = type; at != Object.class; at = at.getSuperclass()) {
            for (Field field : at.getDeclaredFields()) {
                Option option = field.getAnnotation(Option.class);
                if (option != null) {
                    options.add(new OptionField(option, field));
                }
                Argument argument = field.getAnnotation(Argument.class);
                // An argument of a class replaces that of its superclass at the same position.
                if (argument != null
                        && arguments.stream()
                                .noneMatch(found -> found.argument().index() == argument.index())) {
                    arguments.add(new ArgumentField(argument, field));
                }
            }
        }
        options.sort(Comparator.comparing(found -> found.option().name()));
        arguments.sort(Comparator.comparingInt(found -> found.argument().index()));
        Needs needs = type.getAnnotation(Needs.class);
        return new CommandLayout(
                type.getAnnotation(Command.class),
                needs == null ? Role.OWNER : needs.value(),
                List.copyOf(options),
                List.copyOf(arguments));
    }

    /** Returns the full name, such as {@code partyline:send}. */
    String name() {
        return command.scope() + ":" + command.name();
    }

    Optional<OptionField> option(String name) {
        return options.stream()
                .filter(found -> found.option().name().equals(name))
                .findFirst();
    }

    /** Returns the argument at that position; a list contains all that follow. */
    Optional<ArgumentField> argument(int place) {
        if (place < arguments.size()) {
            return Optional.of(arguments.get(place));
        }
        return arguments.isEmpty() || !last().isList() ? Optional.empty() : Optional.of(last());
    }

    private ArgumentField last() {
        return arguments.get(arguments.size() - 1);
    }

    /** An option and its field. */
    record OptionField(Option option, Field field) {
        boolean isFlag() {
            return field.getType() == boolean.class;
        }

        Optional<Completion> completion() {
            return Optional.ofNullable(field.getAnnotation(Completion.class));
        }
    }

    /** An argument and its field. */
    record ArgumentField(Argument argument, Field field) {
        boolean isList() {
            return field.getType() == List.class;
        }

        Optional<Completion> completion() {
            return Optional.ofNullable(field.getAnnotation(Completion.class));
        }
    }
}
