package org.partyline.itests.architecture;

import aQute.bnd.differ.DiffPluginImpl;
import aQute.bnd.header.Attrs;
import aQute.bnd.header.Parameters;
import aQute.bnd.osgi.Analyzer;
import aQute.bnd.osgi.Constants;
import aQute.bnd.osgi.Jar;
import aQute.bnd.service.diff.Delta;
import aQute.bnd.service.diff.Tree;
import aQute.bnd.service.diff.Tree.Data;
import aQute.bnd.service.diff.Type;
import java.io.File;
import java.lang.reflect.Modifier;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Deque;
import java.util.List;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * Describes a bundle's exported API, as bnd sees it, in lines that can be read and compared: one for each element, with
 * the effect of adding and of removing it. Members from the JDK are omitted, so that a baseline written with one JDK is
 * valid for the next.
 */
final class ApiText {
    private static final String API = "<api>";
    private static final String STEP = "  ";
    private static final Pattern LINE = Pattern.compile("((?:" + STEP + ")*)([A-Z_]+) \\+([A-Z]+) -([A-Z]+) (.*)");
    private static final Set<Type> CLASSES = Set.of(Type.CLASS, Type.INTERFACE, Type.ENUM, Type.ANNOTATION);
    private static final Set<Type> PARENTS = Set.of(Type.EXTENDS, Type.IMPLEMENTS);

    private ApiText() {}

    /** Returns the API of compiled classes, with the versions that their packages declare. */
    static List<String> of(Path classes) throws Exception {
        try (Jar jar = new Jar("api", new File(classes.toString()));
                Analyzer analyzer = new Analyzer(jar)) {
            analyzer.setBundleSymbolicName("api");
            jar.setManifest(analyzer.calcManifest());
            Data api = new DiffPluginImpl().tree(jar).get(API).serialize();
            List<String> lines = new ArrayList<>();
            for (Data one : api.children) {
                if (one.type == Type.PACKAGE) {
                    write(one, "", lines);
                }
            }
            return lines;
        }
    }

    private static void write(Data element, String indent, List<String> lines) {
        lines.add(indent + element.type + " +" + element.add + " -" + element.rem + " " + escape(element.name));
        if (element.children == null) {
            return;
        }
        Set<Class<?>> parents = CLASSES.contains(element.type) ? parentsOfTheJdk(element) : Set.of();
        Set<String> inherited = parents.stream().flatMap(ApiText::methods).collect(Collectors.toSet());
        for (Data child : element.children) {
            boolean ofTheJdk =
                    PARENTS.contains(child.type) && parents.stream().anyMatch(parent -> isAbove(child, parent))
                            || child.type == Type.METHOD && inherited.contains(child.name);
            if (!ofTheJdk) {
                write(child, indent + STEP, lines);
            }
        }
    }

    private static Set<Class<?>> parentsOfTheJdk(Data element) {
        return Stream.concat(
                        Stream.of(Object.class.getName()),
                        Arrays.stream(element.children)
                                .filter(child -> PARENTS.contains(child.type))
                                .map(child -> child.name)
                                .filter(ApiText::isOfTheJdk))
                .map(ApiText::load)
                .collect(Collectors.toSet());
    }

    private static boolean isOfTheJdk(String className) {
        return className.startsWith("java.");
    }

    /** Whether an element names a class that another JDK class includes. */
    private static boolean isAbove(Data element, Class<?> other) {
        return isOfTheJdk(element.name)
                && !element.name.equals(other.getName())
                && load(element.name).isAssignableFrom(other);
    }

    private static Class<?> load(String className) {
        try {
            return Class.forName(className);
        } catch (ClassNotFoundException e) {
            throw new IllegalStateException(className + " is no class of this JDK", e);
        }
    }

    private static Stream<String> methods(Class<?> one) {
        return Arrays.stream(one.getDeclaredMethods())
                .filter(method ->
                        Modifier.isPublic(method.getModifiers()) || Modifier.isProtected(method.getModifiers()))
                .map(method -> Arrays.stream(method.getParameterTypes())
                        .map(Class::getCanonicalName)
                        .collect(Collectors.joining(",", method.getName() + "(", ")")));
    }

    /** Parses the lines from {@link #of} into the tree that bnd compares. */
    static Tree tree(List<String> lines) throws Exception {
        Data api = element(API, Type.API, Delta.CHANGED, Delta.CHANGED);
        Data manifest = element("<manifest>", Type.MANIFEST, Delta.CHANGED, Delta.CHANGED);
        Data bundle = element("<bundle>", Type.BUNDLE, Delta.CHANGED, Delta.CHANGED);
        bundle.children = new Data[] {api, manifest};
        Deque<Data> open = new ArrayDeque<>(List.of(api));
        for (String line : lines) {
            Matcher matcher = LINE.matcher(line);
            if (!matcher.matches()) {
                throw new IllegalArgumentException("no line of an api: " + line);
            }
            int depth = matcher.group(1).length() / STEP.length();
            while (open.size() > depth + 1) {
                open.pop();
            }
            Data element = element(
                    unescape(matcher.group(5)),
                    Type.valueOf(matcher.group(2)),
                    Delta.valueOf(matcher.group(3)),
                    Delta.valueOf(matcher.group(4)));
            Data parent = open.peek();
            parent.children = Arrays.copyOf(parent.children, parent.children.length + 1);
            parent.children[parent.children.length - 1] = element;
            open.push(element);
        }
        return new DiffPluginImpl().deserialize(bundle);
    }

    private static Data element(String name, Type type, Delta add, Delta rem) {
        Data element = new Data();
        element.name = name;
        element.type = type;
        element.add = add;
        element.rem = rem;
        element.children = new Data[0];
        return element;
    }

    /** Returns the packages of an API with their versions, in the form of an Export-Package header. */
    static Parameters exports(Tree api) {
        Parameters exports = new Parameters();
        for (Tree one : api.get(API).getChildren()) {
            for (Tree child : one.getChildren()) {
                if (child.getType() == Type.VERSION) {
                    exports.add(one.getName(), Attrs.create(Constants.VERSION_ATTRIBUTE, child.getName()));
                }
            }
        }
        return exports;
    }

    private static String escape(String name) {
        return name.replace("\\", "\\\\").replace("\n", "\\n").replace("\r", "\\r");
    }

    private static String unescape(String name) {
        StringBuilder plain = new StringBuilder();
        for (int i = 0; i < name.length(); i++) {
            char c = name.charAt(i);
            if (c == '\\') {
                i++;
                c = name.charAt(i) == 'n' ? '\n' : name.charAt(i) == 'r' ? '\r' : '\\';
            }
            plain.append(c);
        }
        return plain.toString();
    }
}
