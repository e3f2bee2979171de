# SPDX-License-Identifier: Apache-2.0
# The first Python program of everyone who learns libvirt: open, look up, create, info, close.
import libvirt

DESCRIPTION = """<domain type='qemu'><name>sample</name><memory unit='MiB'>64</memory><vcpu>1</vcpu>
<os><type arch='x86_64' machine='q35'>hvm</type></os></domain>"""

connection = libvirt.open()
try:
    connection.lookupByName("sample")
except libvirt.libvirtError as error:
    print("before:", error.get_error_code())
domain = connection.createXML(DESCRIPTION)
state, maximum, used, vcpus, cpu_time = connection.lookupByName("sample").info()
print(f"{domain.name()}: state {state}, {maximum} KiB, {vcpus} vcpu")
domain.destroy()
connection.close()
