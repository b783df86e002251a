import {
  boolType,
  fieldsOf,
  type GoType,
  int64Type,
  intType,
  mapOf,
  namedType,
  pointerTo,
  sliceOf,
  stringType,
  structOf,
} from '../go-type.ts'
import { descriptorType } from './descriptor-type.ts'
import { driverDataType } from './driver-data-type.ts'
import { healthcheckType } from './healthcheck-type.ts'
import { hostConfigType, strSliceType } from './host-config-type.ts'
import { networkSettingsType, portSetType } from './network-settings-type.ts'

const optional = (type: GoType) => ({ type, omitEmpty: true })

const healthResultType = structOf('container.HealthcheckResult', {
  Start: stringType,
  End: stringType,
  ExitCode: intType,
  Output: stringType,
})

const stateType = structOf('container.State', {
  Status: stringType,
  ...fieldsOf(boolType, 'Running', 'Paused', 'Restarting', 'OOMKilled', 'Dead'),
  ...fieldsOf(intType, 'Pid', 'ExitCode'),
  ...fieldsOf(stringType, 'Error', 'StartedAt', 'FinishedAt'),
  Health: optional(
    pointerTo(
      structOf('container.Health', {
        Status: stringType,
        FailingStreak: intType,
        Log: sliceOf(pointerTo(healthResultType)),
      }),
    ),
  ),
})

const configType = structOf('container.Config', {
  ...fieldsOf(stringType, 'Hostname', 'Domainname', 'User'),
  ...fieldsOf(boolType, 'AttachStdin', 'AttachStdout', 'AttachStderr'),
  ExposedPorts: optional(portSetType),
  ...fieldsOf(boolType, 'Tty', 'OpenStdin', 'StdinOnce'),
  Env: sliceOf(stringType),
  Cmd: strSliceType,
  Healthcheck: optional(pointerTo(healthcheckType)),
  ArgsEscaped: optional(boolType),
  Image: stringType,
  Volumes: mapOf(structOf('struct {}', {})),
  WorkingDir: stringType,
  Entrypoint: strSliceType,
  NetworkDisabled: optional(boolType),
  MacAddress: optional(stringType),
  OnBuild: sliceOf(stringType),
  Labels: mapOf(stringType),
  StopSignal: optional(stringType),
  StopTimeout: optional(pointerTo(intType)),
  Shell: optional(strSliceType),
})

const mountPointType = structOf('container.MountPoint', {
  Type: optional(namedType('string', 'mount.Type')),
  Name: optional(stringType),
  Source: stringType,
  Destination: stringType,
  Driver: optional(stringType),
  Mode: stringType,
  RW: boolType,
  Propagation: namedType('string', 'mount.Propagation'),
})

const baseType = structOf('container.ContainerJSONBase', {
  ID: { type: stringType, jsonName: 'Id' },
  ...fieldsOf(stringType, 'Created', 'Path'),
  Args: sliceOf(stringType),
  State: pointerTo(stateType),
  ...fieldsOf(stringType, 'Image', 'ResolvConfPath', 'HostnamePath', 'HostsPath', 'LogPath', 'Name'),
  RestartCount: intType,
  ...fieldsOf(stringType, 'Driver', 'Platform', 'MountLabel', 'ProcessLabel', 'AppArmorProfile'),
  ExecIDs: sliceOf(stringType),
  HostConfig: pointerTo(hostConfigType),
  GraphDriver: driverDataType,
  SizeRw: optional(pointerTo(int64Type)),
  SizeRootFs: optional(pointerTo(int64Type)),
})

/** What templates of `container inspect` see first; what they do not find here they look for in the raw JSON. */
export const containerType = structOf('container.InspectResponse', {
  ContainerJSONBase: { type: pointerTo(baseType), embedded: true },
  Mounts: sliceOf(mountPointType),
  Config: pointerTo(configType),
  NetworkSettings: pointerTo(networkSettingsType),
  ImageManifestDescriptor: optional(pointerTo(descriptorType)),
})
