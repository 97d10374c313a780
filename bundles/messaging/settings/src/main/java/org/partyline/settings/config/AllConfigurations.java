package org.partyline.settings.config;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Comparator;
import java.util.Dictionary;
import java.util.Hashtable;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.LongFunction;
import org.osgi.framework.Bundle;
import org.osgi.framework.BundleContext;
import org.osgi.framework.Constants;
import org.osgi.framework.InvalidSyntaxException;
import org.osgi.service.cm.Configuration;
import org.osgi.service.cm.ConfigurationAdmin;
import org.osgi.service.component.annotations.Activate;
import org.osgi.service.component.annotations.Component;
import org.osgi.service.component.annotations.Reference;
import org.osgi.service.component.annotations.ReferenceCardinality;
import org.osgi.service.component.annotations.ReferencePolicy;
import org.partyline.api.PartylineException;
import org.partyline.api.config.Configurations;
import org.partyline.api.config.Setting;
import org.partyline.api.config.SettingsDeclaration;
import org.partyline.api.transport.NodeSettingsCheck;
import org.partyline.settings.SettingsFile;

/**
 * Shows and changes the settings that bundles declare. A value is checked by its declaration, then by the bundle that
 * reads it; it is written to the file before the bundle is notified.
 */
@Component(service = Configurations.class)
public final class AllConfigurations implements Configurations {
    private static final String PREFIX = "org.partyline.";
    private static final String SUFFIX = ".cfg";

    private final ConfigurationAdmin admin;
    private final Optional<Path> etc;
    private final LongFunction<String> bundleNames;
    /** Maps each declaration to the name of its bundle. */
    private final Map<SettingsDeclaration, String> declarations = new ConcurrentHashMap<>();

    /** For Declarative Services. */
    @Activate
    public AllConfigurations(@Reference ConfigurationAdmin admin, BundleContext context) {
        this(admin, Optional.ofNullable(context.getProperty("karaf.etc")).map(Path::of), id -> {
            Bundle bundle = context.getBundle(id);
            return bundle == null ? "" : bundle.getSymbolicName();
        });
    }

    /**
     * @param etc the directory of the files; empty if there is none
     * @param bundleNames maps bundle ids to bundle names
     */
    AllConfigurations(ConfigurationAdmin admin, Optional<Path> etc, LongFunction<String> bundleNames) {
        this.admin = admin;
        this.etc = etc;
        this.bundleNames = bundleNames;
    }

    /** For Declarative Services. */
    @Reference(cardinality = ReferenceCardinality.MULTIPLE, policy = ReferencePolicy.DYNAMIC)
    public void addDeclaration(SettingsDeclaration declaration, Map<String, Object> properties) {
        declarations.put(
                declaration,
                bundleNames.apply(properties.get(Constants.SERVICE_BUNDLEID) instanceof Long bundle ? bundle : 0));
    }

    /** For Declarative Services. */
    public void removeDeclaration(SettingsDeclaration declaration) {
        declarations.remove(declaration);
    }

    /** For Declarative Services. */
    @Reference(cardinality = ReferenceCardinality.MULTIPLE, policy = ReferencePolicy.DYNAMIC)
    public void addNodeDeclaration(NodeSettingsCheck declaration, Map<String, Object> properties) {
        addDeclaration(declaration, properties);
    }

    /** For Declarative Services. */
    public void removeNodeDeclaration(NodeSettingsCheck declaration) {
        removeDeclaration(declaration);
    }

    /** An existing configuration, and the bundle that reads it. */
    private record Place(String name, String pid, String file, SettingsDeclaration declared, String bundle) {}

    /** A setting and its configuration. */
    private record Spot(Place place, Setting<?> setting) {
        String name() {
            return place.name() + "." + setting.key();
        }
    }

    @Override
    public List<Section> list() {
        return places().stream().map(this::section).toList();
    }

    private Section section(Place place) {
        Map<String, String> now = values(place);
        return new Section(
                place.name(),
                place.declared().title(),
                place.file(),
                place.bundle(),
                place.declared().settings().stream()
                        .map(setting -> value(new Spot(place, setting), now))
                        .toList());
    }

    private static Value value(Spot spot, Map<String, String> now) {
        Setting<?> setting = spot.setting();
        String set = now.get(setting.key());
        String value = set == null ? setting.standard() : set;
        return new Value(
                spot.name(),
                setting.isSecret() && !value.isEmpty() ? Value.HIDDEN : value,
                set != null,
                setting.standard(),
                setting.range(),
                setting.unit(),
                setting.what(),
                new Traits(setting.isSecret(), setting.effect(), setting.command(), setting.choices()));
    }

    @Override
    public Value get(String name) throws PartylineException {
        Spot spot = find(name);
        return value(spot, values(spot.place()));
    }

    @Override
    public synchronized void set(String name, String value) throws PartylineException {
        Spot spot = changeable(name);
        String clean = value.strip();
        Map<String, String> after = values(spot.place());
        after.put(spot.setting().key(), clean);
        try {
            spot.setting().check(clean);
            spot.place().declared().check(after);
        } catch (IllegalArgumentException e) {
            throw new PartylineException(e.getMessage(), e);
        }
        store(spot, Optional.of(clean));
    }

    @Override
    public synchronized void reset(String name) throws PartylineException {
        Spot spot = changeable(name);
        Map<String, String> after = values(spot.place());
        after.remove(spot.setting().key());
        try {
            spot.place().declared().check(after);
        } catch (IllegalArgumentException e) {
            throw new PartylineException(e.getMessage(), e);
        }
        store(spot, Optional.empty());
    }

    private Spot changeable(String name) throws PartylineException {
        Spot spot = find(name);
        if (!spot.setting().command().isEmpty()) {
            throw new PartylineException(
                    spot.name() + " is set by " + spot.setting().command() + ", which also makes the related changes");
        }
        if (spot.setting().isSecret()) {
            throw new PartylineException(
                    spot.name() + " is a secret, and others could see it in a command: write it to "
                            + spot.place().file() + ", mode 0600");
        }
        return spot;
    }

    private Spot find(String name) throws PartylineException {
        List<Spot> all = places().stream()
                .flatMap(place -> place.declared().settings().stream().map(each -> new Spot(place, each)))
                .toList();
        List<Spot> found = all.stream().filter(spot -> spot.name().equals(name)).toList();
        if (found.isEmpty()) {
            found = all.stream()
                    .filter(spot -> spot.setting().key().equals(name))
                    .toList();
        }
        if (found.isEmpty()) {
            throw new PartylineException("there is no setting '" + shown(name) + "': see partyline:config");
        }
        if (found.size() > 1) {
            throw new PartylineException("there are several settings '" + name + "': name one, "
                    + String.join(", ", found.stream().map(Spot::name).toList()));
        }
        return found.get(0);
    }

    private static String shown(String name) {
        String clean = name.replaceAll("\\p{Cntrl}", "?");
        return clean.length() > 60 ? clean.substring(0, 60) + "…" : clean;
    }

    private void store(Spot spot, Optional<String> value) throws PartylineException {
        String key = spot.setting().key();
        try {
            Configuration configuration = admin.getConfiguration(spot.place().pid(), "?");
            Hashtable<String, Object> after = new Hashtable<>();
            Dictionary<String, Object> before = configuration.getProperties();
            if (before != null) {
                Collections.list(before.keys()).forEach(each -> after.put(each, before.get(each)));
            }
            if (etc.isPresent()) {
                SettingsFile file =
                        new SettingsFile(etc.get().resolve(spot.place().file()));
                if (value.isPresent()) {
                    // The reader of the file would take a backslash as the beginning of an escape sequence.
                    file.set(key, value.get().replace("\\", "\\\\"));
                } else {
                    file.remove(key);
                }
            }
            value.ifPresentOrElse(text -> after.put(key, text), () -> after.remove(key));
            configuration.update(after);
        } catch (IOException e) {
            throw new PartylineException(
                    "the file " + spot.place().file()
                            + " in etc cannot be written: check the disk and the file's permissions; " + spot.name()
                            + " is unchanged",
                    e);
        }
    }

    private List<Place> places() {
        List<Place> all = new ArrayList<>();
        declarations.forEach((declared, bundle) -> {
            if (declared.isFactory()) {
                all.addAll(instances(declared, bundle));
            } else {
                all.add(new Place(name(declared.pid()), declared.pid(), declared.pid() + SUFFIX, declared, bundle));
            }
        });
        all.sort(Comparator.comparing(Place::name));
        return all;
    }

    private List<Place> instances(SettingsDeclaration declared, String bundle) {
        List<Place> all = new ArrayList<>();
        for (Configuration each : configurations("(service.factoryPid=" + declared.pid() + ")")) {
            Dictionary<String, Object> properties = each.getProperties();
            Object source = properties == null ? null : properties.get("felix.fileinstall.filename");
            if (source != null) {
                String file = source.toString().substring(source.toString().lastIndexOf('/') + 1);
                all.add(new Place(
                        name(file.endsWith(SUFFIX) ? file.substring(0, file.length() - SUFFIX.length()) : file),
                        each.getPid(),
                        file,
                        declared,
                        bundle));
            }
        }
        return all;
    }

    private static String name(String pid) {
        return pid.startsWith(PREFIX) ? pid.substring(PREFIX.length()) : pid;
    }

    private Map<String, String> values(Place place) {
        Map<String, String> values = new TreeMap<>();
        for (Configuration each : configurations("(service.pid=" + place.pid() + ")")) {
            Dictionary<String, Object> properties = each.getProperties();
            for (Setting<?> setting : place.declared().settings()) {
                Object value = properties == null ? null : properties.get(setting.key());
                if (value != null) {
                    values.put(setting.key(), value.toString().strip());
                }
            }
        }
        return values;
    }

    private List<Configuration> configurations(String filter) {
        try {
            Configuration[] found = admin.listConfigurations(filter);
            return found == null ? List.of() : List.of(found);
        } catch (IOException | InvalidSyntaxException e) {
            throw new IllegalStateException("the configurations cannot be read", e);
        }
    }
}
