package org.partyline.shell.command;

import java.lang.reflect.Field;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Iterator;
import java.util.List;
import java.util.Locale;
import java.util.stream.Collectors;
import org.partyline.shell.command.CommandLayout.ArgumentField;
import org.partyline.shell.command.CommandLayout.OptionField;
import org.partyline.shell.error.CommandError;
import org.partyline.shell.output.Sanitizer;
import org.partyline.shell.spi.ConsoleCommand;

/**
 * Parses a command's words into its fields. Options may precede, separate and follow the arguments, as {@code --name
 * value} or {@code --name=value}; {@code --} ends them. Fields are String, boolean, int, an enum, or a list of strings.
 */
final class CommandParser {
    static final String END_OF_OPTIONS = "--";

    private final CommandLayout layout;

    CommandParser(CommandLayout layout) {
        this.layout = layout;
    }

    /** @throws CommandError says what is wrong with the words */
    void fill(ConsoleCommand command, List<String> words) throws CommandError {
        List<String> arguments = new ArrayList<>();
        boolean options = true;
        for (Iterator<String> word = words.iterator(); word.hasNext(); ) {
            String next = word.next();
            if (options && next.equals(END_OF_OPTIONS)) {
                options = false;
            } else if (options && isOption(next)) {
                option(command, next, word);
            } else {
                arguments.add(next);
            }
        }
        arguments(command, arguments);
    }

    /** A single {@code -} stands for standard input, and is a value. */
    static boolean isOption(String word) {
        return word.length() > 1 && word.charAt(0) == '-';
    }

    private void option(ConsoleCommand command, String word, Iterator<String> rest) throws CommandError {
        int equals = word.indexOf('=');
        String name = equals < 0 ? word : word.substring(0, equals);
        OptionField found = layout.option(name)
                .orElseThrow(() -> new CommandError(layout.name() + " has no option '" + Sanitizer.line(name)
                        + "': see " + layout.name() + " --help"));
        if (found.isFlag()) {
            if (equals >= 0) {
                throw new CommandError(name + " does not accept a value: write it without one");
            }
            set(command, found.field(), true);
            return;
        }
        if (equals < 0 && !rest.hasNext()) {
            throw new CommandError(name + " needs a value: see " + layout.name() + " --help");
        }
        String value = equals < 0 ? rest.next() : word.substring(equals + 1);
        if (found.option().multiValued()) {
            List<String> values = new ArrayList<>(list(command, found.field()));
            values.add(value);
            set(command, found.field(), values);
        } else {
            set(command, found.field(), convert(name, value, found.field().getType()));
        }
    }

    private void arguments(ConsoleCommand command, List<String> words) throws CommandError {
        int taken = 0;
        for (ArgumentField argument : layout.arguments()) {
            String name = argument.argument().name();
            if (taken >= words.size()) {
                if (argument.argument().required()) {
                    throw new CommandError(name + " is missing: usage: " + usage());
                }
            } else if (argument.isList()) {
                set(command, argument.field(), List.copyOf(words.subList(taken, words.size())));
                taken = words.size();
            } else {
                set(
                        command,
                        argument.field(),
                        convert(name, words.get(taken), argument.field().getType()));
                taken++;
            }
        }
        if (taken < words.size()) {
            throw new CommandError("unexpected argument '" + Sanitizer.line(words.get(taken)) + "': usage: " + usage());
        }
    }

    /** Returns the usage, such as {@code partyline:send [options] TEXT}. */
    String usage() {
        StringBuilder usage = new StringBuilder(layout.name()).append(" [options]");
        for (ArgumentField argument : layout.arguments()) {
            String name = argument.argument().name()
                    + (argument.isList() && argument.argument().multiValued() ? "…" : "");
            usage.append(' ').append(argument.argument().required() ? name : "[" + name + "]");
        }
        return usage.toString();
    }

    private static Object convert(String name, String value, Class<?> type) throws CommandError {
        if (type == String.class) {
            if (value.isEmpty()) {
                throw new CommandError(name + " must not be empty");
            }
            return value;
        }
        if (type == int.class || type == Integer.class) {
            try {
                return Integer.valueOf(value);
            } catch (NumberFormatException e) {
                throw new CommandError(name + " must be a whole number, not '" + Sanitizer.line(value) + "'", e);
            }
        }
        if (type.isEnum()) {
            for (Object constant : type.getEnumConstants()) {
                if (((Enum<?>) constant).name().equalsIgnoreCase(value)) {
                    return constant;
                }
            }
            throw new CommandError(name + " must be " + choices(type) + ", not '" + Sanitizer.line(value) + "'");
        }
        throw new IllegalStateException("no conversion to " + type);
    }

    /** Returns the choices, such as {@code ratchet or open}. */
    private static String choices(Class<?> type) {
        List<String> names = Arrays.stream(type.getEnumConstants())
                .map(constant -> ((Enum<?>) constant).name().toLowerCase(Locale.ROOT))
                .collect(Collectors.toList());
        String last = names.remove(names.size() - 1);
        return names.isEmpty() ? last : String.join(", ", names) + " or " + last;
    }

    @SuppressWarnings("unchecked")
    private static List<String> list(ConsoleCommand command, Field field) {
        try {
            field.setAccessible(true);
            Object value = field.get(command);
            return value == null ? List.of() : (List<String>) value;
        } catch (IllegalAccessException e) {
            throw new IllegalStateException(e);
        }
    }

    private static void set(ConsoleCommand command, Field field, Object value) {
        try {
            field.setAccessible(true);
            field.set(command, value);
        } catch (IllegalAccessException e) {
            throw new IllegalStateException(e);
        }
    }
}
