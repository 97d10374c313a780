package org.partyline.webserver;

import java.lang.reflect.Proxy;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.stream.Collectors;
import org.partyline.api.engine.Conversations;
import org.partyline.api.engine.Conversations.Numbers;
import org.partyline.api.engine.Conversations.Selection;

/** Personas and conversations of which only the names are known; a number is assigned to each new name. */
final class Names {
    private final List<String> personas = new ArrayList<>();
    private final List<String> conversations = new ArrayList<>();

    Conversations service() {
        return (Conversations) Proxy.newProxyInstance(
                Names.class.getClassLoader(), new Class<?>[] {Conversations.class}, (proxy, method, arguments) -> {
                    return switch (method.getName()) {
                        case "numbers" -> numbers((Selection) arguments[0]);
                        case "named" -> named((Numbers) arguments[0]);
                        default -> throw new UnsupportedOperationException(method.getName());
                    };
                });
    }

    /** Renames something. */
    void rename(String from, String to) {
        personas.replaceAll(name -> name.equals(from) ? to : name);
        conversations.replaceAll(name -> name.equals(from) ? to : name);
    }

    private static int number(List<String> names, String name) {
        if (!names.contains(name)) {
            names.add(name);
        }
        return names.indexOf(name);
    }

    private Numbers numbers(Selection named) {
        return new Numbers(
                named.persona()
                        .map(name -> OptionalInt.of(number(personas, name)))
                        .orElse(OptionalInt.empty()),
                named.ids().stream().map(id -> number(conversations, id)).collect(Collectors.toSet()));
    }

    private Selection named(Numbers numbers) {
        return new Selection(
                numbers.persona().isPresent()
                        ? Optional.of(personas.get(numbers.persona().getAsInt()))
                        : Optional.empty(),
                numbers.conversations().stream().map(conversations::get).collect(Collectors.toSet()));
    }
}
