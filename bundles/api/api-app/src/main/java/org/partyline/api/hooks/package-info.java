/** Programs and addresses that receive each event. */
@org.osgi.annotation.bundle.Export
@org.osgi.annotation.versioning.Version("1.0.0")
package org.partyline.api.hooks;
